package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.family.ModelCallCost;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.step.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of training runs. */
class PlannerTest {
  @TempDir private Path folder;

  private LoraTrainerBuilder trainer() {
    return Fixtures.trainer(folder.resolve("new/discs.safetensors"));
  }

  @Test
  void plan_ofARun_isTheRunThatFollows() throws IOException {
    LoraTrainer trainer =
        trainer()
            .steps(7)
            .batchSize(2)
            .saveEvery(3)
            .report(folder.resolve("new/discs.html"))
            .lossPlot(folder.resolve("new/loss.png"))
            .validation(new ValidationOptions(0.3, 5, 0))
            .build();
    TrainingPlan plan = trainer.plan();

    assertThat(folder).isEmptyDirectory();
    assertThat(plan.images()).isEqualTo(2);
    assertThat(plan.heldOut()).isEqualTo(1);
    assertThat(plan.steps()).isEqualTo(7);
    assertThat(plan.imagesPerStep()).isEqualTo(2);
    assertThat(plan.epochs()).isCloseTo(7, within(1e-9));
    assertThat(plan.buckets()).containsExactly(new TrainingPlan.Bucket(Fixtures.SIZE, 2));
    assertThat(plan.memory()).isPositive();
    assertThat(plan.duration()).isPositive();
    assertThat(plan.warnings()).containsExactly("2 images are few; ten to thirty are usual");
    assertThat(plan.texts())
        .containsEntry("images", "2, 1 held out")
        .containsEntry("sizes", "64x64: 2")
        .containsEntry("steps", "7 of 2 images, 7.0 epochs");

    trainer.train();
    try (Stream<Path> files = Files.list(folder.resolve("new"))) {
      // The state is deleted at the end.
      assertThat(
              Stream.concat(
                  files, Stream.of(folder.resolve("new/discs.training-state.safetensors"))))
          .containsExactlyInAnyOrderElementsOf(plan.files());
    }
    assertThat(trainer.plan().warnings())
        .contains(
            "'%s' exists and will be replaced".formatted(folder.resolve("new/discs.safetensors")));
  }

  @Test
  void plan_epochs_countHeldOutImagesOut() {
    TrainingPlan plan =
        trainer().epochs(10).validation(new ValidationOptions(0.3, 5, 0)).build().plan();
    assertThat(plan.steps()).isEqualTo(20);
  }

  @Test
  void plan_largerImages_takeLonger() {
    TrainingPlan small = trainer().steps(1000).build().plan();
    TrainingPlan large = trainer().steps(1000).size(new ImageSize(512, 512)).build().plan();
    assertThat(large.duration()).isGreaterThan(small.duration().multipliedBy(10));
    assertThat(large.memory()).isGreaterThan(small.memory());
  }

  @Test
  void cost_ofACall_growsWithTheImage() {
    double small = ModelCallCost.of(Bench.MODEL, new ImageSize(64, 64));
    double large = ModelCallCost.of(Bench.MODEL, new ImageSize(128, 64));
    assertThat(large).isBetween(1.9 * small, 4 * small);
    // Most weights are used once at each position of their level, at most 64 here.
    assertThat(small).isBetween(0.05 * 64 * Bench.MODEL.size(), 64.0 * Bench.MODEL.size());
  }
}
