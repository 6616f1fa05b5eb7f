package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Locale;

/** The report of {@code sd info --device}. */
public final class DeviceReport {
  private static final double GIGA = 1e9;

  private DeviceReport() {}

  /**
   * Inspects the device that {@code --device} names.
   *
   * @throws StableDiffusionException if the device does not exist; the message has its name as
   *     typed
   * @throws IllegalArgumentException if it is not a device name
   */
  public static DeviceInfo find(String name) {
    try {
      return DeviceInfo.of(name);
    } catch (StableDiffusionException e) {
      throw new StableDiffusionException("--device " + name + ": " + e.getMessage(), e);
    }
  }

  public static ObjectNode of(DeviceInfo device) {
    ObjectNode report =
        Json.object()
            .put("kind", "device")
            .put("device", device.device())
            .put("processor", device.processor());
    report.set("instructions", Json.tree(device.instructions()));
    report.put("threads", device.threads());
    report.put("auto", name(device.automatic()));
    report.put("reason", device.reason());
    ArrayNode packed = report.putArray("packedWeights");
    device.packed().forEach(format -> packed.add(name(format)));
    return report
        .put("engine", device.engine())
        .put("memoryBytes", device.totalBytes())
        .put("availableBytes", device.availableBytes());
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Prints the report as text. */
  public static void print(DeviceInfo device, PrintWriter out) {
    out.println("device: " + device.device());
    out.println("engine: " + device.engine());
    out.println("processor: " + device.processor());
    out.println("threads: " + device.threads());
    out.printf(
        Locale.ROOT,
        "memory: %.1f GB, %.1f GB free%n",
        device.totalBytes() / GIGA,
        device.availableBytes() / GIGA);
    out.println("instructions: " + list(device.instructions()));
    out.println("precision: %s, because %s".formatted(name(device.automatic()), device.reason()));
    out.println(
        "packed weights: " + list(device.packed().stream().map(DeviceReport::name).toList()));
  }

  private static String list(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
