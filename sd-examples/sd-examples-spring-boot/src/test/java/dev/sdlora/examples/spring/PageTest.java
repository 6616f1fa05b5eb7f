package dev.sdlora.examples.spring;

import dev.sdlora.testkit.PageCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  private static final List<String> IMPORTS =
      List.of(
          "dev.sdlora.api.image.HiresFix",
          "dev.sdlora.spring.SdLoraImageMetadata",
          "dev.sdlora.spring.SdLoraImageOptions",
          "java.util.List",
          "java.util.Map",
          "org.springframework.ai.content.Media",
          "org.springframework.ai.image.ImageMessage",
          "org.springframework.ai.image.ImageModel",
          "org.springframework.ai.image.ImagePrompt",
          "org.springframework.ai.image.ImageResponse",
          "org.springframework.core.io.FileSystemResource",
          "org.springframework.util.MimeTypeUtils");

  @Test
  void whatThePageShows_compiles(@TempDir Path folder) throws IOException {
    PageCode.assertCompiles(
        Path.of("../../docs/spring-boot.md"), folder, IMPORTS, "ImageModel images;");
  }
}
