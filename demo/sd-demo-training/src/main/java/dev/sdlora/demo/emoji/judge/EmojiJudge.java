package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.DrawnScene;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Recognises what images of scenes show. Not safe for use by several threads. */
final class EmojiJudge {
  /** The side that the judge's thresholds are for; larger images are scaled down. */
  private static final int SIDE = 128;

  private static final int TOP = 5;
  private static final int MOST_IN_ROW = 3;

  /** Pieces of a row with a lower mean probability are probably not of the kind. */
  private static final double LEAST_PROBABLE = 0.25;

  private final NounClassifier classifier;

  EmojiJudge(NounClassifier classifier) {
    this.classifier = classifier;
  }

  /** Returns what an image shows, for scenes with two things by halves; nothing for rows. */
  Seen judge(BufferedImage image, DrawnScene scene) {
    Cutter cutter = new Cutter(scaled(image), scene.pattern());
    List<Rectangle> areas = List.of(cutter.whole());
    if (scene.isPair()) {
      areas = cutter.halves(scene.place());
    } else if (scene.count() > 1) {
      areas = List.of();
    }
    return new Seen(
        cutter.ground().colour(), areas.stream().map(area -> thing(cutter, area)).toList());
  }

  private Seen.Thing thing(Cutter cutter, Rectangle area) {
    Optional<Rectangle> box = cutter.box(area);
    if (box.isEmpty()) {
      return Seen.Thing.NONE;
    }
    float[] probabilities = classifier.probabilities(List.of(cutter.cut(box.get()))).get(0);
    return new Seen.Thing(NounClassifier.best(probabilities, TOP), cutter.colour(area));
  }

  /**
   * Returns how many things of a scene's first noun are in a row, 1 to 3; 0 if there are none. This
   * is the number of pieces into which the row must be cut so that each is of the kind. Counting
   * parts would be wrong for things that touch or consist of several parts.
   */
  int inRow(BufferedImage image, DrawnScene scene) {
    int kind = classifier.alike().of(classifier.kinds().of(scene.first().noun()));
    Cutter cutter = new Cutter(scaled(image), scene.pattern());
    Optional<Rectangle> row = cutter.box(cutter.whole());
    if (row.isEmpty()) {
      return 0;
    }
    int best = 0;
    double most = LEAST_PROBABLE;
    for (int count = 1; count <= MOST_IN_ROW; count++) {
      double sum = 0;
      for (Rectangle piece : pieces(row.get(), count)) {
        Optional<Rectangle> box = cutter.box(piece);
        if (box.isPresent()) {
          List<BufferedImage> cut = List.of(cutter.cut(box.get()));
          sum += classifier.probabilities(cut).get(0)[kind];
        }
      }
      if (sum / count > most) {
        most = sum / count;
        best = count;
      }
    }
    return best;
  }

  private static List<Rectangle> pieces(Rectangle row, int count) {
    List<Rectangle> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = row.x + i * row.width / count;
      int to = row.x + (i + 1) * row.width / count;
      pieces.add(new Rectangle(from, row.y, to - from, row.height));
    }
    return pieces;
  }

  private static BufferedImage scaled(BufferedImage image) {
    BufferedImage scaled = image;
    // Halve as often as possible, because a larger step would skip pixels.
    while (scaled.getWidth() > SIDE) {
      int side = Math.max(SIDE, scaled.getWidth() / 2);
      BufferedImage smaller = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = smaller.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(scaled, 0, 0, side, side, null);
      graphics.dispose();
      scaled = smaller;
    }
    return scaled;
  }
}
