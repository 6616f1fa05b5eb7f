package dev.sdlora.testkit;

import java.nio.file.Path;

/**
 * Small models of the families after SD 1.x, unpacked on first use; {@code README.md} in their
 * folder describes how they were made. Their vocabularies have 1,000 tokens.
 */
public final class TinyFamilies {
  private TinyFamilies() {}

  /** SD 2.x with v-prediction, bfloat16. */
  public static Path sd2() {
    return Sd2.FILE;
  }

  /** SDXL, float16. */
  public static Path sdxl() {
    return Sdxl.FILE;
  }

  /** The refiner of SDXL, float16, without a VAE. */
  public static Path refiner() {
    return Refiner.FILE;
  }

  /** A LoRA for the SDXL model with kohya's names, which are sgm's: U-Net and both encoders. */
  public static Path sdxlLora() {
    return SdxlLora.FILE;
  }

  private static final class Sd2 {
    static final Path FILE = TinyModels.unpack("families/tiny-sd2-v.safetensors");
  }

  private static final class Sdxl {
    static final Path FILE = TinyModels.unpack("families/tiny-sdxl.safetensors");
  }

  private static final class Refiner {
    static final Path FILE = TinyModels.unpack("families/tiny-sdxl-refiner.safetensors");
  }

  private static final class SdxlLora {
    static final Path FILE = TinyModels.unpack("families/tiny-sdxl-lora.safetensors");
  }
}
