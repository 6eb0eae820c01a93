"""What happens on a bar, once, in plain Python: integers, rows of integers, and functions of them.

CPython runs it as it stands, over lists of lists. `app.engine.compiled` gives the same text to numba, over
int64 arrays of two dimensions. So nothing here knows of an object, a dictionary, a text or an exception: what
cannot go on writes its code to `account[A_FAULT]`. `layout` names every column.
"""
