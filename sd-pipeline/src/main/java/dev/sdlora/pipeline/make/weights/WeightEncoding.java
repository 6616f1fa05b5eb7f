package dev.sdlora.pipeline.make.weights;

import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rounds pieces of a tensor to the bytes of a file, and back. Safe for use by several threads. */
interface WeightEncoding {
  /** The largest magnitude of 8-bit floats with 4 exponent bits. */
  float MAX_FLOAT8 = 448;

  /** The largest integer of 8 bits that is used; −128 is not, so that the range is symmetric. */
  float MAX_INT8 = 127;

  /** Returns the name of the format in reports. */
  String label();

  /** Whether weights must be finite. */
  boolean isQuantised();

  /** Returns the size of some elements in bytes. */
  long bytes(long elements);

  /**
   * Rounds consecutive elements.
   *
   * @param values the elements, whole blocks of them
   * @param first the index of the first element in the tensor
   */
  byte[] encode(float[] values, long first);

  /** Computes what readers read from these bytes. */
  float[] decode(byte[] bytes, long first, int count);

  /**
   * Elements on their own.
   *
   * @param dtype a float with values of float32, or an integer of 8 or 16 bits
   */
  record Plain(DType dtype) implements WeightEncoding {
    @Override
    public String label() {
      return dtype.label();
    }

    @Override
    public boolean isQuantised() {
      return dtype.isFloat8();
    }

    @Override
    public long bytes(long elements) {
      return elements * dtype.bytes();
    }

    @Override
    public byte[] encode(float[] values, long first) {
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        switch (dtype) {
          case F64 -> bytes.putDouble(value);
          case F32 -> bytes.putFloat(value);
          case F16 -> bytes.putShort(Floats.toHalf(value));
          case BF16 -> bytes.putShort(Floats.toBfloat16(value));
          case F8_E4M3 -> bytes.put(Floats.toFloat8E4m3(value));
          case I8 -> bytes.put((byte) value);
          case I16 -> bytes.putShort((short) value);
          default -> throw new IllegalStateException("not written: " + dtype);
        }
      }
      return bytes.array();
    }

    @Override
    public float[] decode(byte[] bytes, long first, int count) {
      ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (dtype) {
              case F64 -> (float) source.getDouble();
              case F32 -> source.getFloat();
              case F16 -> Floats.fromHalf(source.getShort());
              case BF16 -> Floats.fromBfloat16(source.getShort());
              case F8_E4M3 -> Floats.fromFloat8E4m3(source.get());
              case I8 -> source.get();
              case I16 -> source.getShort();
              default -> throw new IllegalStateException("not written: " + dtype);
            };
      }
      return values;
    }
  }

  /**
   * Blocks with a common scale.
   *
   * @param type the format of the blocks
   */
  record Blocks(BlockType type) implements WeightEncoding {
    @Override
    public String label() {
      return type.name();
    }

    @Override
    public boolean isQuantised() {
      return true;
    }

    @Override
    public long bytes(long elements) {
      return elements / type.elements() * type.bytes();
    }

    @Override
    public byte[] encode(float[] values, long first) {
      byte[] bytes = new byte[(int) bytes(values.length)];
      type.encode(values, values.length / type.elements(), bytes);
      return bytes;
    }

    @Override
    public float[] decode(byte[] bytes, long first, int count) {
      float[] values = new float[count];
      type.decode(bytes, count / type.elements(), values);
      return values;
    }
  }

  /**
   * Bytes times a scale.
   *
   * @param dtype an 8-bit float or integer
   * @param scales one for each group of elements
   * @param group the number of consecutive elements with a common scale
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  record Scaled(DType dtype, float[] scales, long group) implements WeightEncoding {
    @Override
    public String label() {
      return dtype.label() + " scaled";
    }

    @Override
    public boolean isQuantised() {
      return true;
    }

    @Override
    public long bytes(long elements) {
      return elements;
    }

    @Override
    public byte[] encode(float[] values, long first) {
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        float value = values[i] / scales[(int) ((first + i) / group)];
        bytes[i] =
            dtype == DType.I8
                ? (byte) Math.max(-MAX_INT8, Math.min(MAX_INT8, Math.rint(value)))
                : Floats.toFloat8E4m3(value);
      }
      return bytes;
    }

    @Override
    public float[] decode(byte[] bytes, long first, int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        float value = dtype == DType.I8 ? bytes[i] : Floats.fromFloat8E4m3(bytes[i]);
        values[i] = value * scales[(int) ((first + i) / group)];
      }
      return values;
    }

    /** Returns the scale with which the largest magnitude becomes the largest number. */
    static float scale(float largest, DType dtype) {
      float scale = largest / (dtype == DType.I8 ? MAX_INT8 : MAX_FLOAT8);
      return scale == 0 ? 1 : scale;
    }
  }
}
