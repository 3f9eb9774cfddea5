"""A parcel carrier that books waybills and calls back."""
