package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationEvent;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the details of errors of real files and requests, and a request as a stream. */
@Timeout(600)
class ErrorFieldsTest {
  @TempDir private Path folder;

  private static Path lora() throws IOException {
    try (var files = Files.list(Fixtures.LORAS)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void open_badFiles_areNamed() throws IOException {
    Path missing = folder.resolve("missing.safetensors");
    assertThat(catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(missing)))
        .satisfies(e -> assertThat(e.file()).contains(missing));
    Path lora = lora();
    assertThat(catchThrowableOfType(CheckpointException.class, () -> Checkpoint.open(lora)).file())
        .contains(lora);
    Path text = Files.writeString(folder.resolve("text.safetensors"), "this is no tensor file");
    assertThat(catchThrowableOfType(TensorFileException.class, () -> Checkpoint.open(text)).file())
        .contains(text);
    assertThat(
            catchThrowableOfType(ImageFileException.class, () -> PromptSpec.fromImage(text)).file())
        .contains(text);
  }

  @Test
  void generate_badRequests_tellNamesPlacesAndNumbers() throws IOException {
    try (Pipeline pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .maxPixels(64 * 64)
            .build()) {
      PromptSpec spec = TinyPipeline.SPEC.toBuilder().steps(1).build();
      String name = lora().getFileName().toString().replace(".safetensors", "");
      PromptSpec typo = spec.toBuilder().prompt("<lora:" + name + "x:1>").build();
      LoraException unknown =
          catchThrowableOfType(LoraException.class, () -> pipeline.generate(typo));
      assertThat(unknown.name()).contains(name + "x");
      assertThat(unknown.knownNames()).contains(name);
      assertThat(unknown.nearestNames()).contains(name);

      String wrong = "a cat <lora:" + name + ":strong>";
      PromptSpec bad = spec.toBuilder().prompt(wrong).build();
      PromptSyntaxException syntax =
          catchThrowableOfType(PromptSyntaxException.class, () -> pipeline.generate(bad));
      assertThat(syntax.prompt()).contains(wrong);
      assertThat(syntax.offset()).isEqualTo(6);

      PromptSpec large = spec.toBuilder().size(128, 64).build();
      ResourceException pixels =
          catchThrowableOfType(ResourceException.class, () -> pipeline.generate(large));
      assertThat(pixels.needed()).hasValue(128 * 64);
      assertThat(pixels.available()).hasValue(64 * 64);
    }
  }

  @Test
  void stream_request_givesWhatGenerateGives() {
    try (TinyPipeline tiny = new TinyPipeline()) {
      List<GenerationEvent> events = new CopyOnWriteArrayList<>();
      CompletableFuture<Void> done = new CompletableFuture<>();
      tiny.pipeline().stream(TinyPipeline.SPEC)
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(GenerationEvent event) {
                  events.add(event);
                }

                @Override
                public void onError(Throwable failure) {
                  done.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {
                  done.complete(null);
                }
              });
      done.join();
      assertThat(events.stream().map(event -> event.getClass().getSimpleName()))
          .containsExactly(
              "Milestone",
              "Milestone",
              "Milestone",
              "Milestone",
              "StepDone",
              "StepDone",
              "StepDone",
              "StepDone",
              "ImageDone",
              "ResultReady");
      assertThat(events).startsWith(GenerationEvent.Milestone.values());
      assertThat(((GenerationEvent.ImageDone) events.get(8)).image().image())
          .isEqualTo(tiny.draw(TinyPipeline.SPEC));
      assertThat(((GenerationEvent.StepDone) events.get(4)).preview())
          .hasValueSatisfying(picture -> assertThat(picture.width()).isEqualTo(8));
    }
  }
}
