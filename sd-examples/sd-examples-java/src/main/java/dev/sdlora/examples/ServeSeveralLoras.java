package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Concurrent requests with different LoRAs on one copy of the weights: the LoRAs are overlaid on
 * them. Here, a LoRA that does not exist is skipped with a warning; without {@code lenient} it
 * would be an error.
 */
public final class ServeSeveralLoras {
  private ServeSeveralLoras() {}

  /** Writes {@code serve-1.png} and so on. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    List<String> tags =
        List.of(
            "<lora:ink_lines:0.8>",
            "<lora:night:1@0,0.2@0.5>",
            "<lora:ink_lines:0.8:lbw=OUTALL>",
            "<lora:no_such_lora>");
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .loraMode(LoraMode.OVERLAY)
            .lenient(true)
            .concurrency(2)
            .build()) {
      PromptSpec.Builder spec = PromptSpec.builder().size(128, 128).steps(8).seed(3);
      List<CompletableFuture<GenerationResult>> requests =
          tags.stream()
              .map(tag -> spec.prompt("a red star on a yellow background " + tag).build())
              .map(pipeline::generateAsync)
              .toList();
      for (int i = 0; i < requests.size(); i++) {
        GenerationResult result = requests.get(i).join();
        result.first().save(folder.resolve("serve-" + (i + 1) + ".png"));
        result.warnings().forEach(System.out::println);
      }
    }
  }
}
