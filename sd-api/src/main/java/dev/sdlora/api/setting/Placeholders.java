package dev.sdlora.api.setting;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.ModelFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Valid values of required settings, to create a value whose other settings have defaults. */
final class Placeholders implements Attachments {
  private static final String ANY = "none";

  /** Returns a value of a kind. */
  static Object of(Kind<?> kind) {
    return kind.read(plain(kind), new Placeholders());
  }

  private static Object plain(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> 1.0;
      case WHOLE_NUMBER -> 1L;
      case FLAG -> false;
      case CHOICE -> kind.choices().get(0);
      case LIST -> List.of(plain(kind.element().orElseThrow()));
      case MAP, OBJECT -> Map.of();
      case TEXT, IMAGE, FILE, LORA -> ANY;
    };
  }

  @Override
  public Object ofImage(Image image) {
    return ANY;
  }

  @Override
  public Image image(Object plain) {
    return Image.of(1, 1, new byte[3]);
  }

  @Override
  public Object ofFile(Path file) {
    return ANY;
  }

  @Override
  public Path file(Object plain) {
    return Path.of(ANY);
  }

  @Override
  public Object ofLora(LoraAdapter lora) {
    return ANY;
  }

  @Override
  public LoraAdapter lora(Object plain) {
    return new LoraAdapter(Path.of(ANY), ModelFamily.UNKNOWN, 1, 1, Map.of());
  }
}
