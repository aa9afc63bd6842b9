from setuptools import setup


def read_flags():
    raise RuntimeError("broken-setup always fails here, in read_flags")


setup(name="broken-setup", version="1.0", description=read_flags())
