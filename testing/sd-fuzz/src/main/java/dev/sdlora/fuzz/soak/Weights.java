package dev.sdlora.fuzz.soak;

import dev.sdlora.api.Pipeline;
import dev.sdlora.tensors.weights.LiveWeights;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The checksum of all weights of a pipeline that LoRAs can change. It uses reflection because the
 * library does not expose them.
 */
final class Weights {
  private Weights() {}

  /** Computes the checksum; no request may be running. */
  static long checksum(Pipeline pipeline) {
    CRC32C sum = new CRC32C();
    for (Object value : new TreeMap<>(patchable(pipeline)).values()) {
      LiveWeights weights = (LiveWeights) value;
      for (String name : weights.shapes().keySet()) {
        float[] values = weights.values(name);
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        sum.update(bytes);
      }
    }
    return sum.getValue();
  }

  private static Map<?, ?> patchable(Pipeline pipeline) {
    try {
      Field model = pipeline.getClass().getDeclaredField("model");
      model.setAccessible(true);
      return (Map<?, ?>) call(call(model.get(pipeline), "networks"), "patchable");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the structure of pipelines has changed", e);
    }
  }

  private static Object call(Object object, String name) throws ReflectiveOperationException {
    Method method = object.getClass().getDeclaredMethod(name);
    method.setAccessible(true);
    return method.invoke(object);
  }
}
