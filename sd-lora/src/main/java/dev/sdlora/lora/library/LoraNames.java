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
 * Which file a name stands for, by A1111's rules (version 1.10.1, {@code networks.py}): names are
 * compared with their case; of several files with the same name the last one counts; a trainer's
 * name that another file has as its trainer's name or file name stands for no file, in any case,
 * and neither does "none".
 */
public final class LoraNames {
  private final Map<String, LoraAdapter> byFileName = new HashMap<>();
  private final Map<String, LoraAdapter> byAnyName = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>(Set.of("none"));

  /** The names of files in the order in which they were found. */
  public LoraNames(List<LoraAdapter> loras) {
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

  /** The file that a name stands for. */
  Optional<LoraAdapter> find(String name) {
    return Optional.ofNullable((isAmbiguous(name) ? byFileName : byAnyName).get(name));
  }

  /** Whether a name is one that only a file's own name may be. */
  boolean isAmbiguous(String name) {
    return ambiguous.contains(name.toLowerCase(Locale.ROOT));
  }

  /** All names that stand for a file. */
  Set<String> all() {
    Set<String> names = new HashSet<>(byFileName.keySet());
    byAnyName.keySet().stream().filter(name -> !isAmbiguous(name)).forEach(names::add);
    return names;
  }
}
