package dev.sdlora.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/**
 * A package and its own package {@code spi} are one slice: the public API finds its implementations
 * through interfaces that use its types, like java.nio.file and its spi.
 */
final class PackagesWithTheirSpi implements SliceAssignment {
  @Override
  public SliceIdentifier getIdentifierOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith("dev.sdlora.")
        ? SliceIdentifier.of(name.replaceFirst("\\.spi$", ""))
        : SliceIdentifier.ignore();
  }

  @Override
  public String getDescription() {
    return "packages with their spi";
  }
}
