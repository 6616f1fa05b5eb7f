package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Resolves names to files by A1111's rules (version 1.10.1, {@code networks.py}): names are
 * case-sensitive; the last of several files with the same name wins; a trainer's name that another
 * file has as its trainer's name or file name, in any case, refers to no file, and neither does
 * "none".
 */
final class LoraNames {
  private final Map<String, LoraAdapter> byFileName = new HashMap<>();
  private final Map<String, LoraAdapter> byAnyName = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>(Set.of("none"));

  /** Creates the names of files, given in the order in which they were found. */
  LoraNames(List<LoraAdapter> loras) {
    for (LoraAdapter lora : loras) {
      String alias = lora.alias().orElse(lora.name());
      if (byAnyName.containsKey(alias)) {
        ambiguous.add(alias.toLowerCase(Locale.ROOT));
      }
      byFileName.put(lora.name(), lora);
      byAnyName.put(lora.name(), lora);
      byAnyName.put(alias, lora);
    }
  }

  /** Finds the file with a name. */
  Optional<LoraAdapter> find(String name) {
    return Optional.ofNullable((isAmbiguous(name) ? byFileName : byAnyName).get(name));
  }

  /** Whether a trainer's name is ambiguous, so that it refers to no file. */
  boolean isAmbiguous(String name) {
    return ambiguous.contains(name.toLowerCase(Locale.ROOT));
  }

  /** All names that refer to a file. */
  Set<String> all() {
    Set<String> names = new HashSet<>(byFileName.keySet());
    byAnyName.keySet().stream().filter(name -> !isAmbiguous(name)).forEach(names::add);
    return names;
  }
}
