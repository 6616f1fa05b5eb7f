package dev.sdlora.examples.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.langchain4j.SdLoraImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** An interface with methods that generate images, implemented by langchain4j. */
public final class DrawByAiService {
  private DrawByAiService() {}

  /** The interface that the application needs; the LoRA is a tag in the prompt. */
  interface Painter {
    @UserMessage("a {{colour}} star on a yellow background <lora:ink_lines:0.8>")
    Image star(@V("colour") String colour);

    @UserMessage("a {{colour}} heart on a yellow background")
    Image becomesHeart(@V("colour") String colour, @UserMessage ImageContent image);
  }

  /**
   * Writes {@code service-star.png} and {@code service-heart.png}, which is generated from the
   * former.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args.length > 0 ? args[0] : "");
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(checkpoint).loraDirectory(DemoModel.loras()).build()) {
      SdLoraImageModel model =
          SdLoraImageModel.builder(pipeline)
              .options(options -> options.size(128, 128).steps(12).cfgScale(4).seed(42))
              .editing(edit -> edit.denoisingStrength(0.9))
              .build();
      Painter painter = AiServices.create(Painter.class, model.asChatModel());
      Image star = painter.star("red");
      write(folder.resolve("service-star.png"), star);
      write(
          folder.resolve("service-heart.png"),
          painter.becomesHeart("blue", ImageContent.from(star)));
    }
  }

  private static void write(Path file, Image image) throws IOException {
    Files.write(file, Base64.getDecoder().decode(image.base64Data()));
  }
}
