package dev.sdlora.pipeline.detail;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Detector.Found;
import dev.sdlora.api.image.Image;
import dev.sdlora.pipeline.raster.Raster;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes masks of finds: moves them, dilates or erodes them, drops black ones, and unites them, in
 * this order. A mask has one channel, 255 where the image is repainted.
 */
public final class DetailMasks {
  private final DetailPass pass;
  private final int width;
  private final int height;

  /**
   * Creates masks for images of one size.
   *
   * @param pass says how masks are moved, grown and united
   * @param width the width of the image in pixels
   * @param height its height
   */
  public DetailMasks(DetailPass pass, int width, int height) {
    this.pass = pass;
    this.width = width;
    this.height = height;
  }

  /**
   * Returns the masks to repaint one after another. Each is made when it is asked for, so that one
   * is in memory at a time.
   *
   * @param finds the finds, in order
   * @param within the mask of an inpainting request, of the size of the image: finds that it does
   *     not touch are left out; empty to keep all
   * @throws IllegalArgumentException if an outline has another size than the image
   */
  public List<Supplier<Raster>> of(List<Found> finds, Optional<Raster> within) {
    List<Found> visible = finds.stream().filter(found -> !isBlack(shaped(found))).toList();
    List<Supplier<Raster>> masks =
        pass.merged() || pass.inverted()
            ? united(visible)
            : visible.stream().<Supplier<Raster>>map(found -> () -> shaped(found)).toList();
    return masks.stream()
        .filter(mask -> within.isEmpty() || touches(mask.get(), within.get()))
        .toList();
  }

  private List<Supplier<Raster>> united(List<Found> finds) {
    if (finds.isEmpty()) {
      return List.of();
    }
    byte[] all = new byte[width * height];
    for (Found found : finds) {
      byte[] one = shaped(found).samples();
      for (int i = 0; i < all.length; i++) {
        all[i] |= one[i];
      }
    }
    Raster union = new Raster(width, height, 1, all);
    Raster mask = pass.inverted() ? union.inverted() : union;
    return isBlack(mask) ? List.of() : List.of(() -> mask);
  }

  private Raster shaped(Found found) {
    Raster mask = found.mask().map(this::outline).orElseGet(() -> box(found));
    return Growth.grown(moved(mask), pass.growth());
  }

  private Raster outline(Image mask) {
    if (mask.width() != width || mask.height() != height) {
      throw new IllegalArgumentException(
          "the mask of a find has %s x %s pixels, expected the size of the image, %s x %s"
              .formatted(mask.width(), mask.height(), width, height));
    }
    return Raster.of(mask).grey();
  }

  /** Draws a box as Pillow does: edges are rounded down, and the last row and column belong. */
  private Raster box(Found found) {
    byte[] inside = new byte[width * height];
    int right = Math.min(width - 1, (int) found.right());
    int bottom = Math.min(height - 1, (int) found.bottom());
    for (int y = (int) found.top(); y <= bottom; y++) {
      for (int x = (int) found.left(); x <= right; x++) {
        inside[y * width + x] = (byte) 255;
      }
    }
    return new Raster(width, height, 1, inside);
  }

  /** Moves a mask; what leaves the image at an edge comes back at the opposite one. */
  private Raster moved(Raster mask) {
    if (pass.offsetX() == 0 && pass.offsetY() == 0) {
      return mask;
    }
    byte[] result = new byte[width * height];
    for (int y = 0; y < height; y++) {
      int fromY = Math.floorMod((long) y + pass.offsetY(), height);
      for (int x = 0; x < width; x++) {
        int fromX = Math.floorMod((long) x - pass.offsetX(), width);
        result[y * width + x] = mask.samples()[fromY * width + fromX];
      }
    }
    return new Raster(width, height, 1, result);
  }

  /** Whether no pixel of a mask is repainted. */
  public static boolean isBlack(Raster mask) {
    for (byte level : mask.samples()) {
      if (level != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether two masks have a common bit in a pixel, as ADetailer compares them. */
  private static boolean touches(Raster mask, Raster other) {
    for (int i = 0; i < mask.samples().length; i++) {
      if ((mask.samples()[i] & other.samples()[i]) != 0) {
        return true;
      }
    }
    return false;
  }
}
