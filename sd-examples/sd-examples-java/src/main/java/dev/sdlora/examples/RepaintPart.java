package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;

/**
 * Inpaints the area under a mask, and extends an image beyond its edges; the rest stays unchanged,
 * pixel for pixel.
 */
public final class RepaintPart {
  private RepaintPart() {}

  /** Writes {@code repaint-before.png}, {@code repaint-part.png} and {@code repaint-wider.png}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(Checkpoint.open(DemoModel.checkpoint())).build()) {
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a red heart on a white background")
              .cfgScale(4)
              .seed(3)
              .build();
      GeneratedImage drawn = pipeline.generate(spec).first();
      drawn.save(folder.resolve("repaint-before.png"));

      Inpainting left =
          Inpainting.builder(leftHalf()).maskedContent(MaskedContent.FILL).maskBlur(3).build();
      ImageToImage part =
          ImageToImage.builder(drawn.image()).denoisingStrength(0.9).inpainting(left).build();
      PromptSpec blue =
          spec.toBuilder().prompt("a blue heart on a white background").imageToImage(part).build();
      pipeline.generate(blue).first().save(folder.resolve("repaint-part.png"));

      ImageToImage wider =
          ImageToImage.builder(drawn.image()).outpainting(Outpainting.of(32, 32, 0, 0)).build();
      PromptSpec more = spec.toBuilder().imageToImage(wider).build();
      pipeline.generate(more).first().save(folder.resolve("repaint-wider.png"));
    }
  }

  /** Returns a mask that is white where to paint and black elsewhere. */
  private static Image leftHalf() {
    byte[] rgb = new byte[3 * 128 * 128];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3 % 128 < 64 ? 255 : 0);
    }
    return Image.of(128, 128, rgb);
  }
}
