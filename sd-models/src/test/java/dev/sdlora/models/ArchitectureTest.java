package dev.sdlora.models;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What getting files stands on. */
@AnalyzeClasses(packages = "dev.sdlora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** No library beside Jackson, and nothing of the machinery that draws. */
  @ArchTest
  static final ArchRule LITTLE_BENEATH =
      ArchRuleDefinition.classes()
          .that()
          .resideInAPackage("dev.sdlora.models..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api",
              "dev.sdlora.api.value",
              "dev.sdlora.models..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
