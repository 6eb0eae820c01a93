"""The parts of a sweep; `app.services.sweep` is what others use."""
