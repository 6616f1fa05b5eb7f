package dev.sdlora.onnx.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/** Converts between floats and the number types of networks. */
final class TensorConversion {
  private TensorConversion() {}

  /** Creates an input of the type that the network declares. */
  static OnnxTensorLike input(OrtEnvironment environment, Tensor tensor, TensorInfo declared)
      throws OrtException {
    float[] values = tensor.values();
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    return switch (declared.type) {
      case FLOAT16 -> {
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
          halves[i] = Fp16Conversions.floatToFp16(values[i]);
        }
        yield OnnxTensor.createTensor(
            environment, ShortBuffer.wrap(halves), shape, OnnxJavaType.FLOAT16);
      }
      case DOUBLE -> {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = values[i];
        }
        yield OnnxTensor.createTensor(environment, DoubleBuffer.wrap(wide), shape);
      }
      case INT64 -> {
        long[] whole = new long[values.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (long) values[i];
        }
        yield OnnxTensor.createTensor(environment, LongBuffer.wrap(whole), shape);
      }
      case INT32 -> {
        int[] whole = new int[values.length];
        for (int i = 0; i < whole.length; i++) {
          whole[i] = (int) values[i];
        }
        yield OnnxTensor.createTensor(environment, IntBuffer.wrap(whole), shape);
      }
      case UINT8 -> {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) Math.rint(values[i]);
        }
        yield OnnxTensor.createTensor(
            environment, ByteBuffer.wrap(bytes), shape, OnnxJavaType.UINT8);
      }
      default -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    };
  }

  /** Copies an output. */
  static Tensor output(OnnxTensor tensor) throws OrtException {
    TensorInfo info = tensor.getInfo();
    int[] shape = new int[info.getShape().length];
    long elements = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Math.toIntExact(info.getShape()[i]);
      elements *= shape[i];
    }
    float[] values = new float[Math.toIntExact(elements)];
    switch (info.type) {
      case FLOAT, FLOAT16, BFLOAT16 -> tensor.getFloatBuffer().get(values);
      case DOUBLE -> {
        DoubleBuffer wide = tensor.getDoubleBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) wide.get(i);
        }
      }
      case INT64 -> {
        LongBuffer whole = tensor.getLongBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = whole.get(i);
        }
      }
      case INT32 -> {
        IntBuffer whole = tensor.getIntBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = whole.get(i);
        }
      }
      default -> {
        ByteBuffer bytes = tensor.getByteBuffer();
        for (int i = 0; i < values.length; i++) {
          values[i] = bytes.get(i) & 0xff;
        }
      }
    }
    return new Tensor(values, shape);
  }
}
