package dev.sdlora.pipeline;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import java.util.List;
import java.util.Optional;

/** A detector that finds the same things in all images. */
public record FixedDetector(String name, List<Found> finds) implements Detector {

  /** Returns a detector named {@code box} that finds one box. */
  public static FixedDetector box(double left, double top, double right, double bottom) {
    return new FixedDetector("box", List.of(found(left, top, right, bottom)));
  }

  static Found found(double left, double top, double right, double bottom) {
    return new Found(left, top, right, bottom, 0.9, "", Optional.empty());
  }

  /** Returns a request with a pass of the detector {@code box}, without dilation. */
  public static PromptSpec pass(PromptSpec spec) {
    return spec.toBuilder()
        .detailPass(DetailPass.builder("box").growth(0).padding(4).maskBlur(2).build())
        .build();
  }

  /** Returns the inpainting of the box that the pass stands for. */
  public PromptSpec byHand(PromptSpec spec, Image image) {
    Found found = finds.get(0);
    byte[] rgb = new byte[3 * image.width() * image.height()];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % image.width();
      int y = i / 3 / image.width();
      boolean inside =
          x >= found.left() && x <= found.right() && y >= found.top() && y <= found.bottom();
      rgb[i] = (byte) (inside ? 255 : 0);
    }
    Inpainting part =
        Inpainting.builder(Image.of(image.width(), image.height(), rgb))
            .maskBlur(2)
            .onlyMasked(true)
            .padding(4)
            .build();
    return spec.toBuilder()
        .imageToImage(ImageToImage.builder(image).denoisingStrength(0.4).inpainting(part).build())
        .build();
  }

  @Override
  public List<Found> find(Image image, double confidence) {
    return finds;
  }
}
