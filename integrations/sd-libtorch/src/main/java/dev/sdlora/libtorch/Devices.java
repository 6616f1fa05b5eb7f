package dev.sdlora.libtorch;

import ai.djl.Device;

/** The names of devices: ours, DJL's and libtorch's. Stateless. */
final class Devices {
  private Devices() {}

  /** Returns DJL's device for {@code cpu}, {@code gpu0} or {@code mps}. */
  static Device of(String name) {
    return name.startsWith("gpu")
        ? Device.gpu(Integer.parseInt(name.substring(3)))
        : Device.of(name, -1);
  }

  static boolean isCpu(Device device) {
    return device.getDeviceType().equals("cpu");
  }

  /** Returns libtorch's device, for the current scope of pointers. */
  static org.bytedeco.pytorch.Device of(Device device) {
    return new org.bytedeco.pytorch.Device(
        device.isGpu() ? "cuda:" + device.getDeviceId() : device.getDeviceType());
  }
}
