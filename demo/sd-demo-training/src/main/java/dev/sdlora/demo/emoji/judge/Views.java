package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.SceneSource;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Pattern;
import dev.sdlora.demo.emoji.Tint;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Images of one thing each as a judge sees it: drawn on any ground in any size and tint, with the
 * artefacts of generated images, and cut out. Not safe for use by several threads.
 */
final class Views {
  private static final int PICTURE = 128;

  /** Sides from which drawings are scaled down. */
  private static final List<Integer> DRAWN = List.of(58, 116);

  private static final int MOST_AROUND = 5;

  private static final List<Pattern> PATTERNS =
      List.of(Pattern.STRIPED, Pattern.DOTTED, Pattern.CHECKERED);
  private static final List<Colour> COLOURS = List.of(Colour.values());

  private static final double SMALLEST = 0.3;
  private static final double LARGEST = 0.9;
  private static final double SHARE_TINTED = 0.25;
  private static final double SHARE_PATTERNED = 0.25;

  /** The maximum error of the box, as a fraction of its sides. */
  private static final double MOST_SHIFT = 0.03;

  private static final int HELD_OUT_ONE_IN = 8;
  private static final int TRIES = 40;

  private final Kinds kinds;
  private final DrawnSceneSource scenes;

  Views(Kinds kinds, DrawnSceneSource scenes) {
    this.kinds = kinds;
    this.scenes = scenes;
  }

  /** Returns a view to learn from, without the tints and grounds that are held out for the kind. */
  BufferedImage training(int kind, SplittableRandom random) {
    return view(kind, false, random);
  }

  /** Returns a view in a tint and on a ground that no training view of the kind has. */
  BufferedImage heldOut(int kind, SplittableRandom random) {
    return view(kind, true, random);
  }

  private BufferedImage view(int kind, boolean heldOut, SplittableRandom random) {
    for (int tries = 0; tries < TRIES; tries++) {
      boolean tinted = !kinds.isNoun(kind) || random.nextDouble() < SHARE_TINTED;
      Colour tint = tinted ? any(random) : null;
      Colour ground = any(random);
      if (isHeldOut(kind, tint, ground) == heldOut && isClear(kind, tint, ground)) {
        Optional<BufferedImage> view = view(kind, tint, ground, random);
        if (view.isPresent()) {
          return view.get();
        }
      }
    }
    // A few things are clear only on few grounds.
    return view(kind, null, Colour.GREEN, random)
        .or(() -> view(kind, null, Colour.PURPLE, random))
        .orElseThrow();
  }

  private boolean isHeldOut(int kind, @Nullable Colour tint, Colour ground) {
    String name =
        "%s/%s/%s view".formatted(kinds.word(kind), tint == null ? "" : tint.word(), ground.word());
    return SceneSource.isOneIn(HELD_OUT_ONE_IN, name);
  }

  private boolean isClear(int kind, @Nullable Colour tint, Colour ground) {
    if (tint != null || !kinds.isNoun(kind)) {
      return tint != ground;
    }
    return scenes.isClear(new DrawnThing(kinds.noun(kind), null), ground);
  }

  private Optional<BufferedImage> view(
      int kind, @Nullable Colour tint, Colour ground, SplittableRandom random) {
    Pattern pattern =
        random.nextDouble() < SHARE_PATTERNED
            ? PATTERNS.get(random.nextInt(PATTERNS.size()))
            : Pattern.PLAIN;
    int side = (int) (PICTURE * (SMALLEST + (LARGEST - SMALLEST) * random.nextDouble()));
    // Only the surroundings of the thing are painted, because the view needs no more.
    int around = Math.min(MOST_AROUND, (PICTURE - side) / 2);
    int width = side + 2 * around;
    int left = random.nextInt(PICTURE - width + 1);
    int top = random.nextInt(PICTURE - width + 1);
    BufferedImage image = new BufferedImage(width, width, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.translate(-left, -top);
    pattern.fill(graphics, ground.paint(), PICTURE);
    graphics.translate(left, top);
    BufferedImage drawing = drawing(kind, side);
    graphics.drawImage(tint == null ? drawing : Tint.of(drawing, tint), around, around, null);
    graphics.dispose();
    Cutter cutter = new Cutter(Softness.of(image, random), SeenGround.painted(ground, pattern));
    return cutter
        .box(cutter.whole())
        .filter(box -> Math.max(box.width, box.height) > side / 3)
        .map(box -> cutter.cut(shifted(box, random)));
  }

  private BufferedImage drawing(int kind, int side) {
    int least = DRAWN.stream().filter(drawn -> drawn >= side).findFirst().orElseThrow();
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(kinds.drawing(kind, least), 0, 0, side, side, null);
    graphics.dispose();
    return scaled;
  }

  private static Rectangle2D shifted(Rectangle box, SplittableRandom random) {
    double size = 1 + MOST_SHIFT * deviation(random);
    double x = box.getCenterX() + MOST_SHIFT * deviation(random) * box.width;
    double y = box.getCenterY() + MOST_SHIFT * deviation(random) * box.height;
    double width = box.width * size;
    double height = box.height * size;
    return new Rectangle2D.Double(x - width / 2, y - height / 2, width, height);
  }

  private static double deviation(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  private static Colour any(SplittableRandom random) {
    return COLOURS.get(random.nextInt(COLOURS.size()));
  }
}
