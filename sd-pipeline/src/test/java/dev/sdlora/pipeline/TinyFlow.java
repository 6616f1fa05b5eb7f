package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;

/** The small models of FLUX.2 klein and Z-Image for whole requests. */
public enum TinyFlow {
  KLEIN(TinyTransformers.klein(), TinyTransformers.kleinLoras()),
  Z_IMAGE(TinyTransformers.zImageTurbo(), TinyTransformers.zImageLoras());

  /** A LoRA on the blocks by its tag in a prompt. */
  public static final String TAG = "<lora:lora_aitoolkit:0.8>";

  public static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).cfgScale(1).seed(5).build();

  @SuppressWarnings("ImmutableEnumChecker") // A path of the default file system is immutable.
  private final Path checkpoint;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Path loras;

  TinyFlow(Path checkpoint, Path loras) {
    this.checkpoint = checkpoint;
    this.loras = loras;
  }

  /** Returns a builder of pipelines that run two requests at once. */
  public Pipeline.Builder builder() {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(loras)
        .concurrency(2);
  }

  public static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  public static PromptSpec redrawing(ImageToImage.Builder source) {
    return SPEC.toBuilder().imageToImage(source.build()).build();
  }

  /** Returns the mean difference of two images of the same size in levels of 255. */
  public static double difference(Image a, Image b) {
    return difference(a, b, 0, a.width());
  }

  /** Returns the mean difference in some columns. */
  public static double difference(Image a, Image b, int left, int right) {
    byte[] one = a.rgb();
    byte[] other = b.rgb();
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      int column = i / 3 % a.width();
      if (column >= left && column < right) {
        sum += Math.abs((one[i] & 0xff) - (other[i] & 0xff));
      }
    }
    return sum / (3.0 * (right - left) * a.height());
  }
}
