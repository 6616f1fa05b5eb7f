package dev.sdlora.api.setting;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import java.nio.file.Path;

/** For values without images, files and LoRAs. */
final class NoAttachments implements Attachments {
  @Override
  public Object ofImage(Image image) {
    throw new IllegalArgumentException("an image has no text form");
  }

  @Override
  public Image image(Object plain) {
    throw new IllegalArgumentException("must not be an image: " + plain);
  }

  @Override
  public Object ofFile(Path file) {
    return file.toString();
  }

  @Override
  public Path file(Object plain) {
    return Path.of(plain.toString());
  }

  @Override
  public Object ofLora(LoraAdapter lora) {
    throw new IllegalArgumentException("a LoRA has no text form");
  }

  @Override
  public LoraAdapter lora(Object plain) {
    throw new IllegalArgumentException("must not be a LoRA: " + plain);
  }
}
