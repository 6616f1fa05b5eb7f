package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How often the judge is right about images whose scene is known. */
final class ImageJudgeTest {
  private static final ImageJudge JUDGE = new ImageJudge();
  private static final int PICTURES = 150;

  private final SplittableRandom random = new SplittableRandom(12);
  private final SceneSource source = new SceneSource(13);

  @Test
  void judge_drawnPictures_shapesAndColoursRight() {
    Tally tally = tally(UnaryOperator.identity());
    assertThat(tally.ground).isGreaterThanOrEqualTo(0.99);
    assertThat(tally.colours).isGreaterThanOrEqualTo(0.99);
    assertThat(tally.shapes).isGreaterThanOrEqualTo(0.98);
    assertThat(tally.placesAndSizes).isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void judge_blurredNoisyPictures_shapesAndColoursRight() {
    Tally tally = tally(this::throughSmallDecoder);
    assertThat(tally.ground).isGreaterThanOrEqualTo(0.98);
    assertThat(tally.colours).isGreaterThanOrEqualTo(0.98);
    assertThat(tally.shapes).isGreaterThanOrEqualTo(0.95);
    assertThat(tally.placesAndSizes).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void judge_fullDetail_shapeRightBehindGraphPaper() {
    int right = 0;
    for (int i = 0; i < 50; i++) {
      Scene scene = scene(i).withDetail(1);
      right += JUDGE.judge(scene.draw(128)).agreesWith(scene) ? 1 : 0;
    }
    assertThat(right).isGreaterThanOrEqualTo(47);
  }

  @Test
  void judge_emptyPicture_groundAndNoThing() {
    Verdict verdict = JUDGE.judge(new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB));
    assertThat(verdict.ground()).isEqualTo(Colour.BLACK);
    assertThat(verdict.things()).isEmpty();
  }

  private Scene scene(int number) {
    return switch (number % 6) {
      case 0 -> source.concept(Shape.CRESCENT);
      case 1, 2 -> source.heldOut();
      default -> source.training();
    };
  }

  private Tally tally(UnaryOperator<BufferedImage> change) {
    Tally tally = new Tally();
    for (int i = 0; i < PICTURES; i++) {
      Scene scene = scene(i);
      tally.add(scene, JUDGE.judge(change.apply(scene.draw(128))));
    }
    return tally;
  }

  /** Half the resolution and noise of 6 of 255, as from a small autoencoder. */
  private BufferedImage throughSmallDecoder(BufferedImage picture) {
    BufferedImage blurred = scaled(scaled(picture, 64), 128);
    for (int i = 0; i < 128 * 128; i++) {
      int rgb = blurred.getRGB(i % 128, i / 128);
      int noisy = noisy(rgb >> 16 & 0xff) << 16 | noisy(rgb >> 8 & 0xff) << 8 | noisy(rgb & 0xff);
      blurred.setRGB(i % 128, i / 128, noisy);
    }
    return blurred;
  }

  private int noisy(int value) {
    return Math.max(0, Math.min(255, (int) Math.round(value + 6 * random.nextGaussian())));
  }

  private static BufferedImage scaled(BufferedImage picture, int side) {
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(picture, 0, 0, side, side, null);
    graphics.dispose();
    return scaled;
  }

  /** The shares of right answers so far. */
  private static final class Tally {
    private int pictures;
    private int things;
    private double ground;
    private double colours;
    private double shapes;
    private double placesAndSizes;

    private void add(Scene scene, Verdict verdict) {
      ground = mean(ground, pictures++, scene.ground() == verdict.ground());
      boolean counted = verdict.things().size() == scene.things().size();
      for (int i = 0; i < scene.things().size(); i++) {
        Thing meant = scene.things().get(i);
        Thing seen = counted ? verdict.inOrderOf(scene).get(i) : null;
        colours = mean(colours, things, seen != null && seen.colour() == meant.colour());
        shapes = mean(shapes, things, seen != null && seen.shape() == meant.shape());
        boolean where =
            seen != null && seen.place() == meant.place() && seen.size() == meant.size();
        placesAndSizes = mean(placesAndSizes, things++, where);
      }
    }

    private static double mean(double before, int count, boolean right) {
      return (before * count + (right ? 1 : 0)) / (count + 1);
    }
  }
}
