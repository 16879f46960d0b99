"""Make 500 small FITS files with realistic headers for the header benchmark: make_headers.py FOLDER"""

import os
import sys

import numpy
from astropy.io import fits

os.makedirs(sys.argv[1])
for number in range(500):
    header = fits.Header()
    for index in range(120):
        header[f"KEY{index:05d}"] = (number + index if index % 3 else f"text {index}", "a comment of some length")
    fits.PrimaryHDU(numpy.zeros((256, 256), numpy.int16), header).writeto(os.path.join(sys.argv[1], f"h{number:03d}.fits"))
