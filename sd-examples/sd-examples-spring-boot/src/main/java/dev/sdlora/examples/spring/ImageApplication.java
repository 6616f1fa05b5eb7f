package dev.sdlora.examples.spring;

import java.util.Base64;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows an image at {@code http://localhost:8080/?prompt=a red star on a blue background}. */
@SpringBootApplication
@RestController
public class ImageApplication {
  private final ImageModel images;

  /** Receives the model from Spring. */
  public ImageApplication(ImageModel images) {
    this.images = images;
  }

  /** Starts the application; arguments are properties, such as {@code --server.port=8081}. */
  public static void main(String[] args) {
    SpringApplication.run(ImageApplication.class, args);
  }

  /** Generates an image while the browser waits. */
  @GetMapping(path = "/", produces = MediaType.IMAGE_PNG_VALUE)
  public byte[] draw(
      @RequestParam(defaultValue = "a blue heart on an orange background") String prompt) {
    String png = images.call(new ImagePrompt(prompt)).getResults().get(0).getOutput().getB64Json();
    return Base64.getDecoder().decode(png);
  }
}
