package dev.sdlora.spark;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;

/** Selects the device that Spark has assigned to a task. */
final class Devices {
  private Devices() {}

  /**
   * Returns the device of a task: its GPU with the first address, or the CPU.
   *
   * @param resources the resources in the task's context
   * @return the device name for a pipeline
   */
  static String of(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? "cpu" : "gpu" + gpu.addresses()[0];
  }
}
