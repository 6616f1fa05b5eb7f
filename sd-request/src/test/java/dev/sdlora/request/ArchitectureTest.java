package dev.sdlora.request;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What requests stand on. */
@AnalyzeClasses(packages = "dev.sdlora.request", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** Nothing of HTTP, but what any application could ask for, and what sister modules share. */
  @ArchTest
  static final ArchRule LITTLE_BENEATH =
      ArchRuleDefinition.classes()
          .that()
          .resideInAPackage("dev.sdlora.request..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.imageio..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api",
              "dev.sdlora.api.value",
              "dev.sdlora.request..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
