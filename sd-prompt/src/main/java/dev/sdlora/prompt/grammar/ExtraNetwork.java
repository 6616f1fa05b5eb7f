package dev.sdlora.prompt.grammar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tag of a prompt such as {@code <lora:ink:0.8:unet=1>}, as written: nothing is trimmed or
 * checked.
 *
 * @param kind the text before the first colon
 * @param positional the arguments without a name, in order
 * @param named the arguments with exactly one {@code =}, in order; the last of equal names wins
 * @param offset the start of the tag in the prompt, in characters from 0
 */
public record ExtraNetwork(
    String kind, List<String> positional, Map<String, String> named, int offset) {

  /** Copies the arguments. */
  public ExtraNetwork {
    positional = List.copyOf(positional);
    named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
  }

  static ExtraNetwork parse(String kind, String arguments, int offset) {
    List<String> positional = new ArrayList<>();
    Map<String, String> named = new LinkedHashMap<>();
    for (String argument : arguments.split(":", -1)) {
      int equals = argument.indexOf('=');
      if (equals >= 0 && equals == argument.lastIndexOf('=')) {
        named.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else {
        positional.add(argument);
      }
    }
    return new ExtraNetwork(kind, positional, named, offset);
  }

  /** Returns the tag in prompt syntax, named arguments last. */
  public String tag() {
    StringBuilder tag = new StringBuilder("<").append(kind);
    positional.forEach(argument -> tag.append(':').append(argument));
    named.forEach((key, value) -> tag.append(':').append(key).append('=').append(value));
    return tag.append('>').toString();
  }
}
