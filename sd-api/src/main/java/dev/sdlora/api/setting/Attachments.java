package dev.sdlora.api.setting;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import java.nio.file.Path;

/**
 * Converts the values that a text cannot contain, images, files and LoRAs, to plain values (see
 * {@link Kind}) and back. Implementations write references, paths, or the content itself.
 */
public interface Attachments {
  /** For values without images and LoRAs. */
  Attachments NONE = new NoAttachments();

  /** Converts an image to a plain value. */
  Object ofImage(Image image);

  /** Returns the image of a plain value that {@link #ofImage} returned. */
  Image image(Object plain);

  /** Converts the path of a file or folder to a plain value. */
  Object ofFile(Path file);

  /** Returns the path of a plain value that {@link #ofFile} returned. */
  Path file(Object plain);

  /** Converts a LoRA, without its strength and mask, to a plain value. */
  Object ofLora(LoraAdapter lora);

  /** Returns the LoRA, with strength 1 and no mask, of a plain value. */
  LoraAdapter lora(Object plain);
}
