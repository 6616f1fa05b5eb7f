package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Precision;
import java.util.Locale;

/** What {@code sd info --device} tells. */
final class DeviceReport {
  private DeviceReport() {}

  static ObjectNode of(DeviceInfo device) {
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
        .put("memoryBytes", device.totalBytes())
        .put("availableBytes", device.availableBytes());
  }

  private static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
