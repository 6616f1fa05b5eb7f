@echo off
rem Starts the command line of SD-LoRA for Java.
rem JAVA_HOME chooses the JVM; SD_JAVA_OPTS holds further options for it.
setlocal
rem Threads that wait must not keep a processor busy; elsewhere the library itself sees to that.
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
for %%i in ("%~dp0..") do set "SD_HOME=%%~fi"
set "SD_JAVA=java"
if defined JAVA_HOME set "SD_JAVA=%JAVA_HOME%\bin\java"
if defined JAVA_HOME (if not exist "%JAVA_HOME%\bin\java.exe" goto missing) else (where java >nul 2>&1 || goto missing)
"%SD_JAVA%" --enable-native-access=ALL-UNNAMED -Xmx2g -XX:+UseSerialGC -Xshare:auto ^
  "-Dsd.home=%SD_HOME%" -Dsd.terminal=true ^
  %SD_JAVA_OPTS% -cp "%SD_HOME%\lib\*" dev.sdlora.cli.Sd %*
exit /b %ERRORLEVEL%

:missing
>&2 echo sd: '%SD_JAVA%' not found; install JDK 17 or newer, or set JAVA_HOME
exit /b 1
