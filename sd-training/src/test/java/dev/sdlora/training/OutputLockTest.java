package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock of a training run on its output. */
class OutputLockTest {
  @TempDir private Path folder;

  @Test
  void train_outputOfARunningTraining_isRefusedAndLaterTaken() {
    Path output = folder.resolve("a.safetensors");
    LoraTrainer trainer = Fixtures.trainer(output).steps(1).build();
    try (OutputLock lock = OutputLock.of(output)) {
      assertThatThrownBy(trainer::train)
          .isInstanceOf(TrainingException.class)
          .hasMessage(
              "'%s' is being written by another training; wait for its end, or choose another file"
                  .formatted(output));
      assertThat(lock).asString().contains("a.safetensors");
      assertThat(output).doesNotExist();
    }

    trainer.train();
    assertThat(folder).isDirectoryNotContaining("glob:**.lock");
    assertThat(output).exists();
  }
}
