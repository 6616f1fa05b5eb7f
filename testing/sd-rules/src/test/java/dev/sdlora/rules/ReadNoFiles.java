package dev.sdlora.rules;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A constructor reads no files, neither itself nor through what it calls. Calls in lambdas do not
 * count, since they may run later, nor calls of interfaces, nor what is read of the machine itself
 * ({@code tensors.natives}).
 */
final class ReadNoFiles extends ArchCondition<JavaConstructor> {
  private static final Pattern READS =
      Pattern.compile(
          "java\\.nio\\.file\\.Files\\.(new(InputStream|BufferedReader|ByteChannel|DirectoryStream)"
              + "|read(AllBytes|AllLines|String)|lines|list|walk|find)\\(.*"
              + "|java\\.nio\\.channels\\.FileChannel\\.open\\(.*"
              + "|java\\.io\\.(FileInputStream|RandomAccessFile|FileReader)\\.<init>\\(.*");

  /** The first call that reads a file, as a path of names; empty if there is none. */
  private final Map<JavaCodeUnit, Optional<List<String>>> known = new HashMap<>();

  ReadNoFiles() {
    super("read no files");
  }

  @Override
  public void check(JavaConstructor constructor, ConditionEvents events) {
    read(constructor)
        .ifPresent(
            path ->
                events.add(
                    SimpleConditionEvent.violated(
                        constructor, constructor.getFullName() + " reads: " + path)));
  }

  private Optional<List<String>> read(JavaCodeUnit unit) {
    Optional<List<String>> found = known.get(unit);
    if (found != null) {
      return found;
    }
    known.put(unit, Optional.empty()); // Ends cycles.
    found =
        unit.getCallsFromSelf().stream()
            .filter(call -> !call.isDeclaredInLambda())
            .flatMap(call -> read(call).stream())
            .findFirst();
    known.put(unit, found);
    return found;
  }

  private Optional<List<String>> read(JavaCall<?> call) {
    String name = call.getTarget().getFullName();
    if (READS.matcher(name).matches()) {
      return Optional.of(List.of(name));
    }
    return call.getTarget()
        .resolveMember()
        .filter(JavaCodeUnit.class::isInstance)
        .map(JavaCodeUnit.class::cast)
        .filter(unit -> unit.getOwner().getPackageName().startsWith("dev.sdlora"))
        .filter(unit -> !unit.getOwner().getPackageName().equals("dev.sdlora.tensors.natives"))
        .flatMap(this::read)
        .map(
            path -> {
              List<String> longer = new ArrayList<>(List.of(name));
              longer.addAll(path);
              return longer;
            });
  }
}
