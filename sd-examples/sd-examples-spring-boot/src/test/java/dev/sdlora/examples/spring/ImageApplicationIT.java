package dev.sdlora.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it is, over HTTP, with small images. */
class ImageApplicationIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static byte[] get(String address) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** A browser that shows an image asks for images alone. */
  private static String problem(String address) throws IOException, InterruptedException {
    HttpResponse<String> response =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create(address)).header("Accept", "image/png").build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    return response.body();
  }

  private static String text(String address) throws IOException, InterruptedException {
    return new String(get(address), StandardCharsets.UTF_8);
  }

  @Test
  void picture_overHttp_andWhatMonitoringSeesOfIt() throws IOException, InterruptedException {
    try (ConfigurableApplicationContext application =
        SpringApplication.run(
            ImageApplication.class,
            "--server.port=0",
            "--sdlora.width=64",
            "--sdlora.height=64",
            "--sdlora.steps=2")) {
      String address =
          "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
      assertThat(text(address + "/actuator/health")).contains("\"sdlora\"", "\"not loaded\"");
      byte[] png = get(address + "/?prompt=a+red+star+%3Clora:ink_lines:0.8%3E");
      assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(64);
      assertThat(new String(png, StandardCharsets.ISO_8859_1))
          .contains("a red star <lora:ink_lines:0.8>", "Steps: 2");
      assertThat(text(address + "/actuator/health")).contains("demo-sd1", "\"ready\"");
      assertThat(text(address + "/actuator/metrics/sdlora.images")).contains("\"value\":1.0");
      assertThat(text(address + "/actuator/metrics/gen_ai.client.operation"))
          .contains("sdlora", "\"COUNT\",\"value\":1.0");
      assertThat(problem(address + "/?prompt=a+star+%3Clora:nope:1%3E"))
          .contains("\"status\":400", "nope");
    }
  }

  @Test
  void page_showsThisApplication() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "spring-boot.md"));
    String shown = page.substring(page.indexOf("import java.util.Base64;"));
    Path source = Path.of("src/main/java/dev/sdlora/examples/spring/ImageApplication.java");
    assertThat(Files.readAllLines(source))
        .containsAll(shown.substring(0, shown.indexOf("```")).lines().toList());
  }
}
