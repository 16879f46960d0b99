# Sky maps around images of Hyper Suprime-Cam have its pixel scale (arcsec).
config.skyMap.pixelScale = 0.168
config.skyMap.projection = "TAN"
