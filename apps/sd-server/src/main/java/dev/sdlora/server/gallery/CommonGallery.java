package dev.sdlora.server.gallery;

import dev.sdlora.server.key.Caller;
import java.util.List;
import java.util.Optional;

/**
 * A gallery of the images of all clients, empty for API keys that hide others.
 *
 * @param gallery the images
 */
public record CommonGallery(Gallery gallery) implements Gallery {
  private static boolean isVisible() {
    return Caller.current().sees(Optional.empty());
  }

  @Override
  public List<GalleryImage> newestFirst() {
    return isVisible() ? gallery.newestFirst() : List.of();
  }

  @Override
  public Optional<GalleryImage> image(String name) {
    return isVisible() ? gallery.image(name) : Optional.empty();
  }

  @Override
  public boolean delete(String name) {
    return isVisible() && gallery.delete(name);
  }

  @Override
  public Optional<byte[]> find(String name) {
    return isVisible() ? gallery.find(name) : Optional.empty();
  }
}
