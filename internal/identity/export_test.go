package identity

// MaxWaiting is how many attempts wait for a place.
const MaxWaiting = maxWaiting

// FillPlaces takes every place until leave is called.
func FillPlaces(d *Authenticator) (leave func()) {
	d.places.mu.Lock()
	defer d.places.mu.Unlock()
	taken := d.places.free
	d.places.free = 0
	return func() {
		d.places.mu.Lock()
		defer d.places.mu.Unlock()
		d.places.free += taken
		d.places.admit()
	}
}

// Waiting returns how many attempts wait for a place.
func Waiting(d *Authenticator) int {
	d.places.mu.Lock()
	defer d.places.mu.Unlock()
	return len(d.places.waiting)
}
