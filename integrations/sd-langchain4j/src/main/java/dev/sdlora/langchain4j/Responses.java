package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.output.Response;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraReport;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Converts results to langchain4j responses. */
final class Responses {
  private Responses() {}

  static Response<Image> one(GenerationResult result, String requested, ImageFormat format) {
    return answer(image(result.first(), requested, format), result);
  }

  static Response<List<Image>> all(GenerationResult result, String requested, ImageFormat format) {
    List<Image> images =
        result.images().stream().map(image -> image(image, requested, format)).toList();
    return answer(images, result);
  }

  private static <T> Response<T> answer(T content, GenerationResult result) {
    Map<String, Object> metadata =
        Map.of(
            "seeds", result.images().stream().map(GeneratedImage::seed).toList(),
            "parameters", result.images().stream().map(GeneratedImage::infotext).toList(),
            "warnings", result.warnings(),
            "loras", result.loras().stream().map(Responses::plain).toList(),
            "seconds", result.elapsed().toNanos() / 1e9);
    return Response.from(content, null, null, metadata);
  }

  private static Map<String, Object> plain(LoraReport lora) {
    return Map.of(
        "name", lora.name(),
        "file", String.valueOf(lora.path().getFileName()),
        "hash", lora.hash(),
        "strength", lora.strength().tagArguments(),
        "mode", lora.mode().name().toLowerCase(Locale.ROOT),
        "matched", lora.matched(),
        "modules", lora.modules());
  }

  private static Image image(GeneratedImage image, String requested, ImageFormat format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    image.write(out, format.label());
    Image.Builder answer =
        Image.builder()
            .base64Data(Base64.getEncoder().encodeToString(out.toByteArray()))
            .mimeType(format.mimeType());
    String drawn = PromptSpec.fromInfotext(image.infotext()).prompt();
    return (drawn.strip().equals(requested.strip()) ? answer : answer.revisedPrompt(drawn)).build();
  }
}
