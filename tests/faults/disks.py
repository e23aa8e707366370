"""Small disks for tests: a tmpfs or a loop-mounted ext4 in the place of a folder, filled and freed at will.
Where mounting is not permitted, the test is skipped with the reason."""
import contextlib
import errno
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise unittest.SkipTest(f"{' '.join(command)}: {done.stderr.strip()}")


@contextlib.contextmanager
def mounted(folder, *mount):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    run("mount", *mount, str(folder))
    try:
        folder.chmod(0o700)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def tmpfs(folder, options):
    return mounted(folder, "-t", "tmpfs", "-o", options, "tmpfs")


@contextlib.contextmanager
def ext4(folder, megabytes=16, options="errors=remount-ro"):
    """Yields the folder; the image is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="takt-disk-") as place:
        image = pathlib.Path(place) / "image"
        with open(image, "wb") as file:
            file.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", str(image))
        with mounted(folder, "-o", f"loop,{options}", str(image)) as mount:
            yield mount


def device_of(folder):
    """The loop device below a folder that ext4() mounted."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        device, place, *_ = line.split()
        if place == str(folder) and device.startswith("/dev/loop"):
            return device
    raise AssertionError(f"{folder} is no loop mount")


def fill(folder, opener=None):
    """Takes every byte that is free; returns the file to remove."""
    filler = pathlib.Path(folder) / "filler"
    with open(filler, "ab", buffering=0, opener=opener) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(b"f" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return filler


class Glutton:
    """Keeps a disk full while it lasts: also what the store gives back of its own log is taken at once. It
    holds on to that disk: once it is unmounted (a test that failed), what lies beneath is not touched."""

    def __init__(self, folder):
        assert os.path.ismount(folder), folder
        self.folder = folder
        self.disk = os.open(folder, os.O_DIRECTORY | os.O_RDONLY)
        self.begin()

    def open(self, path, flags):
        return os.open(os.path.basename(path), flags, 0o600, dir_fd=self.disk)

    def begin(self):
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.eat, daemon=True)
        self.thread.start()

    def eat(self):
        while not self.over.is_set():
            fill(self.folder, self.open)
            self.over.wait(0.02)

    def __enter__(self):
        return self

    def rest(self):
        """Eats no more, and gives nothing back."""
        self.over.set()
        self.thread.join()

    def leave(self, size):
        """Gives so much back, and eats no more."""
        self.rest()
        filler = pathlib.Path(self.folder) / "filler"
        os.truncate(filler, filler.stat().st_size - size)

    def stop(self):
        """There is room again."""
        self.rest()
        (pathlib.Path(self.folder) / "filler").unlink(missing_ok=True)

    def __exit__(self, *_):
        self.stop()
        os.close(self.disk)


def take_inodes(folder):
    """Takes every inode that is free; returns the files to remove."""
    taken = []
    try:
        while len(taken) < 100_000:
            name = pathlib.Path(folder) / f"inode-{len(taken)}"
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600))
            taken.append(name)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    return taken
