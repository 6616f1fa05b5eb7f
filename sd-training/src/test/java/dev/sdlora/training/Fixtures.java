package dev.sdlora.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyModels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;

/** Checkpoints, images and builders for the tests. */
public final class Fixtures {
  public static final Path CHECKPOINT = TinyModels.CHECKPOINT;

  /** Small, so that a step takes hundredths of a second. */
  public static final ImageSize SIZE = new ImageSize(64, 64);

  /** Files contain times; with this clock they are the same in every run. */
  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private static final int VOCABULARY = 49_408;

  private Fixtures() {}

  /** A builder of pipelines whose results do not depend on the processor's instruction set. */
  public static Pipeline.Builder float32() {
    return Pipeline.builder().precision(Precision.FLOAT32);
  }

  /** Discs in three colours. */
  public static TrainingSet discs() {
    return TrainingSet.of(
        List.of(
            TrainingExample.of(disc(Color.RED), "a red disc, flat"),
            TrainingExample.of(disc(Color.GREEN), "a green disc, flat"),
            TrainingExample.of(disc(Color.BLUE), "a blue disc")));
  }

  public static BufferedImage disc(Color color) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.LIGHT_GRAY);
    graphics.fillRect(0, 0, 64, 64);
    graphics.setColor(color);
    graphics.fillOval(12, 12, 40, 40);
    graphics.dispose();
    return image;
  }

  /** A copy of a checkpoint with random vectors for the tokens that its vocabulary lacks. */
  public static Path withWholeVocabulary(Path checkpoint, Path target) {
    TensorFile file = TensorFile.open(checkpoint);
    SafetensorsWriter writer = new SafetensorsWriter();
    file.metadata().forEach(writer::metadata);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        if (entry.name().endsWith("token_embedding.weight")) {
          int width = Math.toIntExact(entry.shape().get(1));
          float[] all = new float[VOCABULARY * width];
          Random random = new Random(width);
          for (int i = 0; i < all.length; i++) {
            all[i] = (float) random.nextGaussian() / 4;
          }
          float[] known = reader.floats(entry);
          System.arraycopy(known, 0, all, 0, known.length);
          writer.tensor(entry.name(), List.of((long) VOCABULARY, (long) width), all, DType.F16);
        } else {
          writer.tensor(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              channel -> channel.write(reader.bytes(entry)));
        }
      }
      writer.write(target);
    }
    return target;
  }

  /** A training run of five steps at a high learning rate. */
  public static LoraTrainerBuilder trainer(Path output) {
    return LoraTrainer.builder()
        .checkpoint(CHECKPOINT)
        .trainingSet(discs())
        .output(output)
        .size(SIZE)
        .rank(4)
        .learningRate(5e-3)
        .steps(5)
        .clock(CLOCK);
  }
}
