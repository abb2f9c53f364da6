package android.bluetooth

/** Robolectric's stand-in for a phone's sound names it, and its archive of Android does not have it. */
class `BluetoothDevice$BluetoothAddress`
