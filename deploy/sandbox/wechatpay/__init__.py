"""WeChat Pay's APIv3, H5: JSON with signed headers both ways, encrypted notifications."""
