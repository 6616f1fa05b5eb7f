package dev.sdlora.examples;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.batch.BatchListener;
import dev.sdlora.batch.BatchResult;
import dev.sdlora.batch.BatchRunner;
import dev.sdlora.demo.model.DemoModel;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Generates a list of requests into a folder. If it is started again, it resumes and skips existing
 * images.
 */
public final class DrawBatch {
  private static final String MANIFEST =
      """
      {"defaults": {"size": "64x64", "steps": 4}}
      {"prompt": "a red star", "lora": [[], ["ink_lines"], [{"path": "night", "weight": [0.5, 1]}]]}
      {"id": "heart", "prompt": "a blue heart <lora:ink_lines:0.8>", "seed": 3}
      {"id": "typo", "prompt": "a blue heart <lora:ink_line:0.8>"}
      """;

  private DrawBatch() {}

  /** Fills the folder {@code batch}. */
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    BatchListener listener =
        new BatchListener() {
          @Override
          public void result(BatchResult result) {
            System.out.println(
                result.request().id() + ": " + result.error().orElse(result.request().file()));
          }
        };
    BatchRunner runner =
        BatchRunner.builder(folder.resolve("batch"))
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .pipeline(
                checkpoint ->
                    Pipeline.builder()
                        .checkpoint(checkpoint)
                        .loraDirectory(DemoModel.loras())
                        .build())
            .listener(listener)
            .build();
    BatchRunner.Summary summary =
        runner.run(new ByteArrayInputStream(MANIFEST.getBytes(StandardCharsets.UTF_8)));
    System.out.println(summary);
  }
}
