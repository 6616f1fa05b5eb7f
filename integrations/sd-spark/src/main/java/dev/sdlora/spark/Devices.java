package dev.sdlora.spark;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;

/** Which device Spark has given to a task. */
final class Devices {
  private Devices() {}

  /**
   * The device of a task: the GPU whose address is first among its own, or the processor.
   *
   * @param resources of the task's context
   * @return as pipelines name them
   */
  static String of(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? "cpu" : "gpu" + gpu.addresses()[0];
  }
}
