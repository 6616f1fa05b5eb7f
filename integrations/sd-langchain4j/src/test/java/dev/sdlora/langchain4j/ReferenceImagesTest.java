package dev.sdlora.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Edits with a model that reads reference images. */
final class ReferenceImagesTest {
  private final AtomicReference<PromptSpec> asked = new AtomicReference<>();
  private final SdLoraImageModel model = SdLoraImageModel.builder(noting()).build();

  /** A pipeline that notes requests and returns black images. */
  private Pipeline noting() {
    Checkpoint checkpoint =
        new CheckpointBuilder(Path.of("flux.safetensors"), ModelFamily.FLUX2).build();
    return (Pipeline)
        Proxy.newProxyInstance(
            Pipeline.class.getClassLoader(),
            new Class<?>[] {Pipeline.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("checkpoint")) {
                return checkpoint;
              }
              asked.set((PromptSpec) arguments[0]);
              return drawn();
            });
  }

  private static GenerationResult drawn() {
    GeneratedImage image =
        new GeneratedImage(dev.sdlora.api.image.Image.of(8, 8, new byte[8 * 8 * 3]), 1, "x");
    return new GenerationResult(
        List.of(image), List.of(), List.of(), Duration.ZERO, Optional.empty(), Precision.FLOAT32);
  }

  private static Image picture(int side) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Image.builder()
        .base64Data(Base64.getEncoder().encodeToString(bytes.toByteArray()))
        .build();
  }

  private List<Integer> widths() {
    return asked.get().referenceImages().stream().map(image -> image.width()).toList();
  }

  @Test
  void edit_withoutMask_readsTheImages() {
    model.edit(picture(16), "x");
    assertThat(widths()).containsExactly(16);
    assertThat(asked.get().imageToImage()).isEmpty();
    model.edit(List.of(picture(16), picture(32)), "x");
    assertThat(widths()).containsExactly(16, 32);
  }

  @Test
  void edit_withMask_repaints() {
    model.edit(picture(16), picture(16), "x");
    assertThat(widths()).isEmpty();
    assertThat(asked.get().imageToImage().orElseThrow().inpainting()).isPresent();
  }

  @Test
  void message_withSeveralImages_readsThemAll() {
    model
        .asChatModel()
        .chat(
            UserMessage.from(
                TextContent.from("x"),
                ImageContent.from(picture(16)),
                ImageContent.from(picture(32)),
                ImageContent.from(picture(48))));
    assertThat(widths()).containsExactly(16, 32, 48);
  }

  @Test
  void edit_ofTooManyImages_isTheCallersMistake() {
    assertThatThrownBy(() -> model.edit(Collections.nCopies(5, picture(16)), "x"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("at most 4 reference images");
  }
}
