import time, pytest
from pathlib import Path
pytestmark=pytest.mark.unit
def test_speed(postgres_server, postgres_template):
    for strat in ("wal_log","file_copy"):
        t=time.perf_counter()
        for i in range(10): postgres_server.execute(f"CREATE DATABASE x{i} TEMPLATE migrated STRATEGY {strat}")
        a=time.perf_counter()
        for i in range(10): postgres_server.execute(f"DROP DATABASE x{i} WITH (FORCE)")
        b=time.perf_counter()
        print(strat,(a-t)/10,(b-a)/10)
    import psycopg
    t=time.perf_counter()
    for i in range(10): postgres_server.execute("SELECT 1")
    print("connect",(time.perf_counter()-t)/10)
