"""A PostgreSQL server of the test's own, on a socket in a temporary folder."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile

import psycopg2


def programs():
    """The folder with initdb, or None."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    return folders[0] if folders else on_path and os.path.dirname(on_path)


class PrivatePostgres:
    """Runs as another user than root, as it demands."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="sidespan-grafana-")
        self.become = None
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.become = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = os.path.join(self.folder, "data")
        self._run("initdb", "--pgdata", data, "--username", "sidespan", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = off\n")
        self._run("pg_ctl", "--pgdata", data, "--wait", "--silent", "--log", os.path.join(self.folder, "log"), "start")
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "--pgdata", os.path.join(self.folder, "data"), "--mode", "immediate", "--silent", "stop")
        shutil.rmtree(self.folder)

    def connect(self, user="sidespan", database="postgres"):
        connection = psycopg2.connect(host=self.folder, user=user, dbname=database)
        connection.autocommit = True
        return connection

    def _run(self, program, *arguments):
        done = subprocess.run([os.path.join(programs(), program), *arguments], cwd="/", text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **(self.become or {}))
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stdout}")
