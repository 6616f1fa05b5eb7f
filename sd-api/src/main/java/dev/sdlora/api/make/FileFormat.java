package dev.sdlora.api.make;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The formats of the large weights in a file to write. Vectors, small tensors and layers that spoil
 * images when they are rounded stay in 16 or 32 bits in every quantised format.
 */
public enum FileFormat {
  /** IEEE 754 half precision, 16 bits: {@code .safetensors} or {@code .gguf}. */
  F16(16, Container.BOTH),
  /** Brain floats, 16 bits with the range of float32: {@code .safetensors} or {@code .gguf}. */
  BF16(16, Container.BOTH),
  /** 8 bits and a scale for 32 weights, hardly distinguishable from 16 bits; {@code .gguf}. */
  Q8_0(8.5, Container.GGUF),
  /** 6 bits and a scale for 16 weights; {@code .gguf}. */
  Q6_K(6.5625, Container.GGUF),
  /** 5 bits, a scale and a minimum for 32 weights, of 6 bits each; {@code .gguf}. */
  Q5_K(5.5, Container.GGUF),
  /** 5 bits, a scale and a minimum for 32 weights; {@code .gguf}. */
  Q5_1(6, Container.GGUF),
  /** 5 bits and a scale for 32 weights; {@code .gguf}. */
  Q5_0(5.5, Container.GGUF),
  /** 4 bits, a scale and a minimum for 32 weights, of 6 bits each; {@code .gguf}. */
  Q4_K(4.5, Container.GGUF),
  /** 4 bits, a scale and a minimum for 32 weights; {@code .gguf}. */
  Q4_1(5, Container.GGUF),
  /** 4 bits and a scale for 32 weights; {@code .gguf}. */
  Q4_0(4.5, Container.GGUF),
  /** 3 bits and a scale of 6 bits for 16 weights; images lose details; {@code .gguf}. */
  Q3_K(3.4375, Container.GGUF),
  /** 2 bits, a scale and a minimum of 4 bits for 16 weights; images suffer; {@code .gguf}. */
  Q2_K(2.625, Container.GGUF),
  /**
   * 8-bit floats with 4 exponent bits and 3 fraction bits, without a scale; larger magnitudes than
   * 448 become 448; {@code .safetensors}.
   */
  FP8(8, Container.SAFETENSORS),
  /** The same 8-bit floats with one scale for each layer, as ComfyUI; {@code .safetensors}. */
  FP8_SCALED(8, Container.SAFETENSORS),
  /** Integers of 8 bits with a scale for each output, as ComfyUI; {@code .safetensors}. */
  INT8(8, Container.SAFETENSORS);

  private enum Container {
    BOTH,
    GGUF,
    SAFETENSORS
  }

  private final double bits;
  private final Container container;

  FileFormat(double bits, Container container) {
    this.bits = bits;
    this.container = container;
  }

  /** {@return the name in options and messages, such as {@code q8_0}} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@return the bits for a weight, including its share of the scales: 2.625 to 16} */
  public double bits() {
    return bits;
  }

  /** {@return whether GGUF files have the format} */
  public boolean inGguf() {
    return container != Container.SAFETENSORS;
  }

  /** {@return whether safetensors files have the format} */
  public boolean inSafetensors() {
    return container != Container.GGUF;
  }

  /**
   * Returns the format with a label.
   *
   * @param label such as {@code q4_k}, in any case
   * @return the format
   * @throws IllegalArgumentException if there is none; the message lists all labels
   */
  public static FileFormat parse(String label) {
    Objects.requireNonNull(label, "label");
    return Arrays.stream(values())
        .filter(format -> format.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "format must be one of %s: '%s'"
                        .formatted(
                            Arrays.stream(values())
                                .map(FileFormat::label)
                                .collect(Collectors.joining(", ")),
                            label)));
  }
}
