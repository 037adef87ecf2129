package settings

// Controls are all control settings.
var Controls = controls
