package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prior preservation with images that are given, or that the base model generates. */
@Timeout(600)
class PriorImagesTest {
  @TempDir private Path folder;

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name + ".safetensors"));
  }

  @Test
  void build_generatedPriorWithoutPipeline_isRefused() {
    assertThatThrownBy(
            () ->
                Fixtures.trainer(folder.resolve("a.safetensors"))
                    .priorPreservation("a disc", 2, 1)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "priorPreservation with a prompt requires a pipeline that generates its images");
  }

  @Tag("slow")
  @Test
  void train_generatedPrior_isGeneratedOnce() throws IOException {
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build()) {
      LoraTrainerBuilder builder =
          Fixtures.trainer(folder.resolve("a.safetensors"))
              .pipeline(pipeline)
              .batchSize(2)
              .steps(2)
              .priorPreservation("a disc", 3, 1);
      builder.build().train();
      List<Path> drawn = files(folder.resolve("a-prior"));
      assertThat(drawn).hasSize(3);
      byte[] second = Files.readAllBytes(drawn.get(1));
      FileTime old = FileTime.fromMillis(1_000_000);
      Files.setLastModifiedTime(drawn.get(0), old);
      Files.write(drawn.get(1), new byte[] {1, 2, 3});
      byte[] lora = bytes("a");
      builder.build().train();

      assertThat(files(folder.resolve("a-prior"))).isEqualTo(drawn);
      assertThat(Files.getLastModifiedTime(drawn.get(0))).isEqualTo(old);
      assertThat(Files.readAllBytes(drawn.get(1))).isEqualTo(second);
      assertThat(bytes("a")).isEqualTo(lora);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Tag("slow")
  @Test
  void prior_cancelledBetweenTwoImages_keepsTheFirst() throws IOException {
    try (Pipeline pipeline =
        Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build()) {
      Settings settings =
          new Assembly(
                  Fixtures.trainer(folder.resolve("a.safetensors"))
                      .pipeline(pipeline)
                      .priorPreservation("a disc", 3, 1))
              .settings();
      AtomicInteger asked = new AtomicInteger();

      List<TrainingExample> examples =
          settings.prior().examples(settings, () -> asked.getAndIncrement() == 1);

      assertThat(examples).hasSize(1);
      assertThat(files(folder.resolve("a-prior"))).hasSize(1);
    }
  }

  /** Images of the class are trained on with their weight. */
  @Tag("slow")
  @Test
  void train_prior_changesTheLoraByItsWeight() throws IOException {
    for (String name : List.of("none", "half", "one")) {
      LoraTrainerBuilder builder =
          Fixtures.trainer(folder.resolve(name + ".safetensors")).name("discs").batchSize(2);
      if (!name.equals("none")) {
        builder.priorPreservation(
            TrainingSet.of(List.of(TrainingExample.of(Fixtures.disc(Color.WHITE), "a disc"))),
            name.equals("half") ? 0.5 : 1);
      }
      builder.build().train();
    }

    assertThat(bytes("none")).isNotEqualTo(bytes("half"));
    assertThat(bytes("half")).isNotEqualTo(bytes("one"));
  }
}
