package dev.sdlora.demo.emoji;

import ai.djl.ndarray.NDManager;
import dev.sdlora.demo.Shape;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The appearances of nouns and shapes as numbers: the principal components of small images of them.
 * A text encoder that predicts them replaces one that was trained on images and texts: similar
 * things have similar texts, and the U-Net need not memorise each.
 */
public final class Appearances {
  /** The number of components of an appearance. */
  public static final int NUMBERS = 80;

  private static final int SIDE = 16;

  private final Map<Object, float[]> appearances = new HashMap<>();

  private Appearances() {}

  /** Creates appearances from known values. */
  public static Appearances of(Map<?, float[]> known) {
    Appearances appearances = new Appearances();
    appearances.appearances.putAll(known);
    return appearances;
  }

  /** Measures all nouns and shapes. */
  public Appearances(Nouns nouns, Drawings drawings) {
    List<Object> all = new ArrayList<>(nouns.all());
    all.addAll(Shape.base());
    float[] images = new float[all.size() * 4 * SIDE * SIDE];
    for (int i = 0; i < all.size(); i++) {
      BufferedImage image =
          all.get(i) instanceof Noun noun ? drawings.draw(noun, SIDE) : filled((Shape) all.get(i));
      write(image, images, i * 4 * SIDE * SIDE);
    }
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      float[] components =
          Program.load(torch, Appearances.class, "appearances.torchscript.py")
              .call("appearances")
              .tensor(Torch.floats(scope, images, all.size(), 4L * SIDE * SIDE))
              .integer(NUMBERS)
              .run(scope)
              .toFloatArray();
      for (int i = 0; i < all.size(); i++) {
        appearances.put(all.get(i), Arrays.copyOfRange(components, i * NUMBERS, (i + 1) * NUMBERS));
      }
    }
  }

  /**
   * Returns the appearance of a noun or a base shape; the first components are the most
   * significant.
   */
  public float[] of(Object nounOrShape) {
    return Objects.requireNonNull(appearances.get(nounOrShape));
  }

  private static BufferedImage filled(Shape shape) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.GRAY);
    graphics.fill(shape.outline(SIDE / 2.0, SIDE / 2.0, SIDE * 0.4));
    graphics.dispose();
    return image;
  }

  /** Writes colours around grey times alpha, and alpha, each from -1 to 1. */
  private static void write(BufferedImage image, float[] out, int offset) {
    int area = SIDE * SIDE;
    int[] pixels = image.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
    for (int p = 0; p < area; p++) {
      float alpha = (pixels[p] >>> 24) / 255f;
      for (int c = 0; c < 3; c++) {
        float level = (pixels[p] >> (16 - 8 * c) & 255) / 127.5f - 1;
        out[offset + c * area + p] = level * alpha;
      }
      out[offset + 3 * area + p] = 2 * alpha - 1;
    }
  }
}
